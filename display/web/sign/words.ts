// The window sign's words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/sign.json";
import zh from "@shared/words/zh-CN/sign.json";

export const { t } = makeWords(zh, en, "sign");
