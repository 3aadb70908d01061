import { useQuery } from "../../api/use-query.ts";
import { Checkbox } from "../../components/field.tsx";
import { LinesField, linesOf, textOf } from "../../components/lines-field.tsx";
import { Loading } from "../../components/states.tsx";
import { channelKinds } from "../channel-kinds.ts";

export interface ChannelChoiceProps {
  chosen: readonly string[];
  onChange: (names: readonly string[]) => void;
  error: string | undefined;
}

/** Names and kinds to tick. Who may not see the channels types what they know. */
export function ChannelChoice({ chosen, onChange, error }: ChannelChoiceProps) {
  const channels = useQuery("listChannels", {});
  if (channels.error && !channels.data)
    return (
      <LinesField
        label="Channels"
        hint={`Names or kinds, one on each line; none: all whose patterns take it. ${
          channels.error.isForbidden ? "Your credential may not see which there are." : channels.error.message
        }`}
        value={textOf(chosen)}
        onInput={(text) => onChange(linesOf(text))}
        error={error}
      />
    );
  if (!channels.data) return <Loading what="Channels" />;
  const names = channels.data.channels.map(({ name }) => name);
  const present = channelKinds.filter((kind) => channels.data?.channels.some((each) => each.kind === kind));
  const offered = [...new Set([...names, ...present, ...chosen])];
  return (
    <fieldset class="checks">
      <legend>Channels (none: all whose patterns take it)</legend>
      {offered.map((name) => (
        <Checkbox
          key={name}
          label={labelOf(name, names)}
          checked={chosen.includes(name)}
          onChange={(yes) => onChange(yes ? [...chosen, name] : chosen.filter((each) => each !== name))}
        />
      ))}
      {offered.length === 0 && (
        <p class="muted">
          There is no channel yet: nobody is told. <a href="/settings/channels">Create one</a>
        </p>
      )}
      {error && <p class="field-error">{error}</p>}
    </fieldset>
  );
}

function labelOf(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  return channelKinds.some((kind) => kind === name) ? `every ${name} channel` : `${name} (there is none)`;
}
