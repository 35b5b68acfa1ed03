import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Panel from "./Panel.vue";

keepLanguage();
startPage(Panel);
