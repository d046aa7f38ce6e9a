/** A name for a file out of whatever an agent called it: one segment, visible, plain on every file system. */

/** Device names of Windows, with any extension. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

const longest = 120;

/** Nobody calls a file more than that; its end has the extension. */
const mostRead = 1000;

export function safeFileName(suggested: string): string {
  const last = suggested.slice(-mostRead).split(/[/\\]/).at(-1) ?? "";
  const clean = last
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029<>:"|?*]/gu, "")
    .replace(/^[.\s-]+/, "")
    .replace(/[.\s]+$/, "");
  const name = shorten(clean);
  if (name === "") return "artifact";
  return reserved.test(name) ? `_${name}` : name;
}

/** Keeps the extension. */
function shorten(name: string): string {
  if (name.length <= longest) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";
  return name.slice(0, longest - extension.length) + extension;
}
