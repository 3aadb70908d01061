/** Text as somebody may send it who means no good. The console shows each as it is. */
export const hostileTexts = [
  "<img src=x onerror=\"document.title='owned'\">",
  "<script>document.title='owned'</script>",
  "javascript:document.title='owned'",
  "\"><svg onload=document.title='owned'>",
  "'); document.title='owned'; //",
  "{{constructor.constructor('document.title=1')()}}",
  "\u202Egnp.exe\u202C right to left",
  `no-spaces-${"w".repeat(180)}`,
  "&lt;b&gt;not bold&lt;/b&gt; &amp;amp;",
] as const;

/** As it is seen: what turns the reading direction stands there in letters. */
export const shown = (text: string): string =>
  text.replaceAll("\u202E", "\\u202e").replaceAll("\u202C", "\\u202c");
