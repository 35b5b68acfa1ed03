import { startPage } from "@shared/start";
import Remote from "./Remote.vue";

startPage(Remote);
