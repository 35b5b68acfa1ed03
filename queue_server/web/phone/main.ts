import { startPage } from "@shared/start";
import Phone from "./Phone.vue";

startPage(Phone);
