// The words that all pages at a desk share, in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/desk.json";
import zh from "@shared/words/zh-CN/desk.json";

export const { t, tCode, has } = makeWords(zh, en);
