// The settings page's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/settings.json";
import zh from "@shared/words/zh-CN/settings.json";

export const { t, tCode, has } = makeWords(zh, en);
