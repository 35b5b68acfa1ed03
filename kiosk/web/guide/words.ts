// The words of what can be looked up at a kiosk, in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/guide.json";
import zh from "@shared/words/zh-CN/guide.json";

export const { t, tCode } = makeWords(zh, en, "guide");
