import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { commands } from "../src/commands/index.js";
import { envName, globalNames, optionNames, optionRow } from "../src/config/index.js";
import { folder, parley } from "./harness.js";

describe("help and --version", () => {
  it("prints the version with -v and --version, on its own and after a command", async () => {
    for (const args of [["--version"], ["-v"], ["send", "--version"], ["task", "get", "-v"]])
      expect(await parley(args)).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("prints usage with help, --help and -h, and without any argument", async () => {
    for (const args of [[], ["help"], ["--help"], ["-h"]]) {
      const { code, stdout } = await parley(args);
      expect(code).toBe(0);
      for (const { path } of commands) expect(stdout).toContain(`  ${path.join(" ")}`);
    }
  });

  it("shows for every command its options with their defaults", async () => {
    for (const { path, options } of commands) {
      const { code, stdout } = await parley([...path, "--help"]);
      expect(code).toBe(0);
      expect((await parley(["help", ...path])).stdout).toBe(stdout);
      const flat = stdout.replace(/\s+/g, " ");
      for (const name of options) {
        expect(flat).toContain(`--${name}`);
        const standard = optionRow(name).default ?? optionRow(name).otherwise;
        if (standard !== undefined) expect(flat).toContain(`default: ${standard}`);
      }
    }
  });

  it("shows what a group holds as the help of the tool does", async () => {
    const { stdout } = await parley(["help", "task"]);
    const listed = stdout.slice(stdout.indexOf("Commands:")).split("\n");
    expect(
      listed.filter((line) => /^ {2}\S/.test(line)).map((line) => line.trim().split(/ {2,}/)[0]),
    ).toEqual(
      commands
        .filter(({ path }) => path[0] === "task")
        .map(({ path, arguments: args = [] }) => [...path, ...args.map(({ name }) => `<${name}>`)].join(" ")),
    );
  });

  it("warns about credentials on the command line and does not call --svc-param one", async () => {
    const { stdout } = await parley(["send", "--help"]);
    expect(stdout).toContain("process table and the shell history:\nprefer A2ACLI_BEARER and A2ACLI_API_KEY");
    expect(stdout).toMatch(
      /--svc-param <key:value>\s+service parameter sent with every request, repeatable\n/,
    );
  });

  it("takes the global options before and after the command", async () => {
    const cwd = folder();
    for (const args of [
      ["-o", "json", "config", "show"],
      ["config", "show", "-o", "json"],
    ])
      expect((await parley(args, { cwd })).document()).toHaveProperty("settings");
    for (const { path } of commands.filter(({ path }) => path[0] !== "serve")) {
      const flags = globalNames.flatMap((name) => {
        const { kind, choices } = optionRow(name);
        if (kind === "flag") return [`--${name}`];
        return [`--${name}`, kind === "duration" ? "1s" : kind === "json" ? "{}" : (choices?.[0] ?? "x")];
      });
      const { stderr } = await parley([...path, ...flags, "--no-such-flag"]);
      expect(stderr).toContain("--no-such-flag");
    }
  });
});

describe("usage errors", () => {
  it("exit 2, name what is wrong and where the help is", async () => {
    const cases: [string[], string, string][] = [
      [["nope"], "unknown command 'nope'", "parley --help"],
      [["task"], '"task" needs a command after it', "parley task --help"],
      [["task", "get"], "missing required argument 'taskId'", "parley task get --help"],
      [["send", "--nope"], "unknown option '--nope'", "parley send --help"],
      [["task", "get", "a", "b"], "too many arguments", "parley task get --help"],
      [["send", "a", "b"], "too many arguments", "Put the message in quotes"],
      [["send", "--file", ""], "--file is empty", ""],
      [["help", "nope"], 'there is no command "nope"', "parley help"],
    ];
    for (const [args, message, help] of cases) {
      const { code, stdout, stderr } = await parley(args);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toContain("Error: A2ACLI_ERR_USAGE\n");
      expect(stderr).toContain(message);
      expect(stderr).toContain(help);
    }
  });

  it("are one JSON object on stdout when JSON was asked for, however it was", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, ".env"), "A2ACLI_OUTPUT=json\n");
    for (const { document, stderr } of [
      await parley(["send", "--nope", "-o", "json"]),
      await parley(["send", "--nope", "--output=json"]),
      await parley(["send", "--nope"], { env: { A2ACLI_OUTPUT: "json" } }),
      await parley(["send", "--nope"], { env: { A2ACLI_OUTPUT: "json", A2ACLI_TIMEOUT: "soon" } }),
      await parley(["send", "--nope"], { cwd }),
    ]) {
      expect(document()).toEqual({
        error: {
          code: "A2ACLI_ERR_USAGE",
          message: "unknown option '--nope'",
          hint: "Run: parley send --help",
          a2aCode: null,
        },
      });
      expect(stderr).toBe("");
    }
  });
});

describe("completion", () => {
  it("knows every command and every option in each shell", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await parley(["completion", shell]);
      expect(code).toBe(0);
      for (const { path, options } of commands) {
        for (const word of path) expect(stdout).toContain(word);
        for (const name of options) expect(stdout).toContain(shell === "fish" ? `-l ${name}` : `--${name}`);
      }
    }
    expect((await parley(["completion", "tcsh"])).code).toBe(2);
  });

  it("works in bash", async () => {
    const { stdout: script } = await parley(["completion", "bash"]);
    const complete = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const test = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _parley; echo "\${COMPREPLY[*]}"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", test], { encoding: "utf8" });
      expect(stderr).toBe("");
      return stdout.trim().split(" ");
    };
    expect(complete("parley", "")).toEqual(expect.arrayContaining(["card", "send", "task", "help"]));
    expect(complete("parley", "task", "")).toEqual([
      "get",
      "list",
      "cancel",
      "subscribe",
      "download",
      "push-config",
    ]);
    expect(complete("parley", "task", "push-config", "")).toEqual(["create", "get", "list", "delete"]);
    expect(complete("parley", "task", "push-config", "create", "--u")).toEqual(["--url"]);
    expect(complete("parley", "task", "list", "--sta")).toEqual(["--status"]);
    expect(complete("parley", "send", "-o", "")).toEqual(["text", "json"]);
  });
});

describe("the table of options", () => {
  it("gives every option one name in the environment, and none to actions and --stream", () => {
    const names = optionNames.map(envName).filter((name) => name !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(envName("agent-card")).toBe("A2ACLI_AGENT_CARD");
    expect(envName("stream")).toBeUndefined();
  });
});
