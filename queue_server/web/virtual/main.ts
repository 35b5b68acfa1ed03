import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Virtual from "./Virtual.vue";

keepLanguage();
startPage(Virtual);
