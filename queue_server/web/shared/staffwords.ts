// The words of sign-in and start page.
import { makeWords } from "./language";
import en from "./words/en/staff.json";
import zh from "./words/zh-CN/staff.json";

export const { t, tCode, has } = makeWords(zh, en);
