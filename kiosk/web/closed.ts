// Why a service gives no tickets now and what to do instead, in words. Knows no page.
import { textOf } from "@shared/language";
import { comingTime } from "@shared/time";
import type { KioskService } from "@shared/wire/kiosk";
import { t, windowList } from "./words";

/** For a tile: short. */
export function closedWords(service: KioskService): string {
  if (service.closed === "quota_used") return t("closed_quota");
  return service.opens_at ? t("closed_until", { time: comingTime(service.opens_at) }) : t("closed_for_today");
}

/** For whoever touches the tile all the same: why, and what to do. */
export function closedSentences(service: KioskService): { why: string; todo: string } {
  const name = { service: textOf(service.name) };
  if (service.closed === "quota_used") {
    return { why: t("closed_quota_title", name), todo: t("closed_quota_do", { windows: windowList(service.windows) }) };
  }
  const todo = service.opens_at
    ? t("closed_service_do", { time: comingTime(service.opens_at) })
    : t("closed_service_do_unknown");
  return { why: t("closed_service_title", name), todo };
}
