// The words of boards of staff, in both languages.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/people.json";
import zh from "@shared/words/zh-CN/people.json";

export const { t } = makeWords(zh, en, "people");
