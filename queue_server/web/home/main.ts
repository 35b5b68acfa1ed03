import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Home from "./Home.vue";

keepLanguage();
startPage(Home);
