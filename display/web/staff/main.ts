import { startPage } from "@shared/start";
import StaffBoard from "./StaffBoard.vue";

startPage(StaffBoard);
