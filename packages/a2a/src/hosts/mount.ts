/** Agents below a path of somebody else's server. */

/** The part of a path that a router has used up; "/agents/csv" for an agent mounted there. */
export interface MountOptions {
  readonly mountPath?: string;
}

/** A mount path without the slash that may end it. */
export const mountOf = (mountPath = ""): string => mountPath.replace(/\/+$/, "");

/**
 * A path, or path and query, below its mount path. One that is not below it stays as it is: routers may have taken the
 * mount path off. One that only begins like it, such as /agents/csv2 beside /agents/csv, loses its slash, and nothing is
 * found there.
 */
export function belowMount(target: string, mountPath: string): string {
  const below = target.startsWith(mountPath) ? target.slice(mountPath.length) : target;
  return below === "" || below.startsWith("?") ? `/${below}` : below;
}
