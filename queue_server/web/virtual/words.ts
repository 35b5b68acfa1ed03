// The words of the virtual hall.
import { makeWords } from "@shared/language";
import en from "@shared/words/en/virtual.json";
import zh from "@shared/words/zh-CN/virtual.json";

export const { t } = makeWords(zh, en);
