import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Reception from "./Reception.vue";

keepLanguage();
startPage(Reception);
