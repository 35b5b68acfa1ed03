// The words of a plan of the hall, in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/map.json";
import zh from "@shared/words/zh-CN/map.json";

export const { t } = makeWords(zh, en, "map");
