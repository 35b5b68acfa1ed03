// The reception page's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/reception.json";
import zh from "@shared/words/zh-CN/reception.json";

export const { t, tCode, has } = makeWords(zh, en);
