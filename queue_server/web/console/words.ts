// The console's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/console.json";
import zh from "@shared/words/zh-CN/console.json";

export const { t, tCode, has } = makeWords(zh, en);
