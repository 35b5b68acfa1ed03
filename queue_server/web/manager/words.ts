// The manager pages' words in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/manager.json";
import zh from "@shared/words/zh-CN/manager.json";

export const { t, tCode, has } = makeWords(zh, en);
