import { startPage } from "@shared/start";
import Screens from "./Screens.vue";

startPage(Screens);
