import { startPage } from "@shared/start";
import Tablet from "./Tablet.vue";

startPage(Tablet);
