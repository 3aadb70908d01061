/** Texts that somebody could send, that must be seen as they are. */
export const hostileTexts: readonly string[] = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(2)</script>",
  "javascript:alert(3)",
  '"><svg onload=alert(4)>',
  "{{7*7}} %24{7*7} &lt;b&gt;",
  "\u202Eevil",
  "w".repeat(180),
];
