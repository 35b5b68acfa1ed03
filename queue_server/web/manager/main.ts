import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Manager from "./Manager.vue";

keepLanguage();
startPage(Manager);
