import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Console from "./Console.vue";

keepLanguage();
startPage(Console);
