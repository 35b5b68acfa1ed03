import { startPage } from "@shared/start";
import Kiosk from "./Kiosk.vue";

startPage(Kiosk);
