// The wall's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/wall.json";
import zh from "@shared/words/zh-CN/wall.json";

export const { t } = makeWords(zh, en, "wall");
