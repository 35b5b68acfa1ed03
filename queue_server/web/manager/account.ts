// A staff account as `GET /staff` gives it. Knows no password.

export interface Account {
  staff: string;
  name: string;
  role: string;
  window: number | null;
}

export const ROLES = ["staff", "reception", "manager", "maintainer", "county"] as const;

/** Letters and digits that nobody takes for another. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password nobody guesses, short enough to write on a note: 12 of 31 letters, 59 bits. */
export function newPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(48));
  // Bytes that would make some letters likelier than others are left out.
  const fair = [...bytes].filter((byte) => byte < 256 - (256 % LETTERS.length)).slice(0, 12);
  return fair.map((byte) => LETTERS[byte % LETTERS.length]).join("").replace(/(.{4})(?=.)/g, "$1-");
}
