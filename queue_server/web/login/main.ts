import { keepLanguage } from "@shared/language";
import { startPage } from "@shared/start";
import Login from "./Login.vue";

keepLanguage();
startPage(Login);
