// Which notices are up, and from when until when, in words. A kiosk that is cut off takes them down by itself.
import { today } from "@shared/time";
import type { NoticeView } from "@shared/wire/public";
import { t } from "./words";

export function upNow(notices: readonly NoticeView[] | undefined, now_ms: number): NoticeView[] {
  const day = today(now_ms);
  return (notices ?? []).filter((each) => each.last === null || each.last >= day);
}

export function upWords(notice: NoticeView): string {
  return notice.last === null ? t("notice_from", { first: notice.first }) : t("notice_until", { first: notice.first, last: notice.last });
}
