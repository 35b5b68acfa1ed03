// The hall's notices as what a wall shows between calls, like those of its own folder. Knows no turn and no picture.
import { textOf } from "@shared/language";
import { today } from "@shared/time";
import type { NoticeView } from "@shared/wire/public";
import type { MediaItem } from "@shared/wire/wall";
import { t } from "./words";

/** More is not read from a seat; the rest stands at the kiosk. */
const LONGEST = 500;

/** In the order of their names, as turns go; no file may have these, which come before all of them. */
export function noticeItems(notices: readonly NoticeView[] | undefined, now_ms: number): MediaItem[] {
  const day = today(now_ms);
  return (notices ?? [])
    .filter((each) => each.wall && (each.last === null || each.last >= day))
    .flatMap((each) => [...written(each), ...pictured(each)])
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function written(notice: NoticeView): MediaItem[] {
  const body = textOf(notice.body).trim();
  if (!body && notice.picture) return [];
  const shown = body.length > LONGEST ? `${body.slice(0, LONGEST).trimEnd()}…\n${t("notice_more")}` : body;
  return [{ name: `!${notice.notice}`, kind: "notice", url: "", text: `${textOf(notice.title)}\n${shown}`.trim() }];
}

function pictured(notice: NoticeView): MediaItem[] {
  return notice.picture ? [{ name: `!${notice.notice}.jpg`, kind: "picture", url: `/pictures/${notice.picture}`, text: "" }] : [];
}
