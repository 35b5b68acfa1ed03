// The words of the list of screens in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/screens.json";
import zh from "@shared/words/zh-CN/screens.json";

export const { t } = makeWords(zh, en);
