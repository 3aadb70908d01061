import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../components/icon.tsx";
import { type Theme, theme, themes, type Zone, zone, zones } from "../state/preferences.ts";

const zoneTitles: Record<Zone, string> = { local: "Local", utc: "UTC" };
const themeIcons: Record<Theme, IconName> = { system: "system", light: "sun", dark: "moon" };
const themeTitles: Record<Theme, string> = { system: "As the system", light: "Light", dark: "Dark" };

export function ZoneSwitch() {
  return (
    <Switch label="Times" words={zones} chosen={zone} title={zoneTitles} show={(word) => zoneTitles[word]} />
  );
}

export function ThemeSwitch() {
  const show = (word: Theme) => <Icon name={themeIcons[word]} />;
  return <Switch label="Colours" words={themes} chosen={theme} title={themeTitles} show={show} />;
}

function Switch<Word extends string>({
  label,
  words,
  chosen,
  title,
  show,
}: {
  label: string;
  words: readonly Word[];
  chosen: Signal<Word>;
  title: Record<Word, string>;
  show: (word: Word) => ComponentChildren;
}) {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">{label}</legend>
      {words.map((word) => (
        <button
          key={word}
          type="button"
          aria-pressed={chosen.value === word}
          aria-label={title[word]}
          title={`${label}: ${title[word]}`}
          onClick={() => {
            chosen.value = word;
          }}
        >
          {show(word)}
        </button>
      ))}
    </fieldset>
  );
}
