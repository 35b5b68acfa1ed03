// What would change if a window more were open: the mirror of queue_server/wire/whatif.py, by hand. Knows only shapes.

export interface WhatIfFigures {
  mean_s: number;
  p50_s: number;
  p90_s: number;
  /** The share, 0-1, that nobody calls within four hours. */
  uncalled: number;
}

export interface WhatIfPair {
  now: WhatIfFigures | null;
  then: WhatIfFigures | null;
}

/** What `POST /whatif` answers: waits as it is, and with the windows changed. */
export interface WhatIfView {
  services: (WhatIfPair & { service: string })[];
  all: WhatIfPair;
  minutes: number;
}
