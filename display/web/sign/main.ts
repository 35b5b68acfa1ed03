import { startPage } from "@shared/start";
import Sign from "./Sign.vue";

startPage(Sign);
