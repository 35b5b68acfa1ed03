// The panel's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/panel.json";
import zh from "@shared/words/zh-CN/panel.json";

export const { t, tCode } = makeWords(zh, en);
