// Where the phone is, asked once and by a tap; knows neither what for nor how far that is.
import { Refusal } from "@shared/api";

const PATIENCE_MS = 20_000;

/** In degrees. Raises Refusal `position_needed` where the citizen or the browser says no. */
export function positionNow(): Promise<{ latitude: number; longitude: number }> {
  return new Promise((found, refused) => {
    const no = () => refused(new Refusal("position_needed", 0));
    if (!("geolocation" in navigator)) return no();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ latitude: coords.latitude, longitude: coords.longitude }),
      no,
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 },
    );
  });
}
