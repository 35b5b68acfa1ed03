import { startPage } from "@shared/start";
import Wall from "./Wall.vue";

startPage(Wall);
