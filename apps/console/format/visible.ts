/** What turns the direction of the text around it ("Unicode Bidirectional Algorithm", UAX #9, explicit formatting). */
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text in which nothing turns the reading direction unseen: `gnp.exe` cannot pose as `exe.png`. */
export const visible = (text: string): string =>
  text.replace(turning, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
