import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, test } from "vitest";
import { isPublic } from "../../src/outgoing/addresses.js";
import { createGuard } from "../../src/outgoing/guard.js";
import { createOutgoing, OutgoingError } from "../../src/outgoing/index.js";

function reasonFor(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof OutgoingError) return error.reason;
    throw error;
  }
  return "allowed";
}

const guard = createGuard({});

describe("hosts written as addresses", () => {
  test.each([
    "http://8.8.8.8/",
    "https://1.1.1.1:8443/x?y#z",
    "http://134744072/",
    "http://192.0.1.255/",
    "http://[2606:4700:4700::1111]/",
    "http://[2001:200::1]/",
    "http://example.com/",
  ])("%s is allowed", (url) => {
    expect(reasonFor(() => guard.admit(url))).toBe("allowed");
  });

  test.each([
    // Loopback in every spelling.
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7F.0.0.0x1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://%31%32%37.0.0.1/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http:\\\\127.0.0.1\\",
    "http:///127.0.0.1/",
    "http:127.0.0.1",
    " http://127.0.0.1/ ",
    "ht\ntp://127.0.0\t.1/",
    "HTTP://127.0.0.1:80/",
    "http://127.0.0.1\\@8.8.8.8/",
    "http://127.0.0.1#@8.8.8.8/",
    "http://127.0.0.1?@8.8.8.8/",
    // This network, private, shared, link-local and metadata.
    "http://0/",
    "http://0.0.0.0:8080/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    // Reserved, documentation, benchmarking, multicast, broadcast.
    "http://192.0.0.192/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    // IPv6.
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[fe80::1]/",
    "http://[febf::1]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[4000::1]/",
    "http://[5f00::1]/",
    // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP on link-local.
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::8.8.8.8]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::5efe:127.0.0.1]/",
  ])("%j is not", (url) => {
    expect(reasonFor(() => guard.admit(url))).toBe("ADDRESS_NOT_ALLOWED");
  });

  test.each([
    "",
    "example.com",
    "//example.com/",
    "/path",
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://127.0.0.1:6379/_SET",
    "data:text/plain,hi",
    "blob:http://example.com/1",
    "javascript:alert(1)",
    "ws://example.com/",
    "unix:/var/run/docker.sock",
    "http://",
    "http://user@example.com/",
    "http://user:password@example.com/",
    "http://:password@example.com/",
    "http://8.8.8.8@127.0.0.1/",
    "http://[fe80::1%25eth0]/",
    "http://[::1%lo]/",
    "http://1.2.3.4.5/",
    "http://256.0.0.1/",
    "http://exa mple.com/",
  ])("%j is no URL to fetch", (url) => {
    expect(reasonFor(() => guard.admit(url))).toBe("URL_NOT_ALLOWED");
  });

  test("zone ids, ports, ranges and names are no public addresses", () => {
    for (const text of [
      "fe80::1%eth0",
      "2606:4700::1%eth0",
      "8.8.8.8:53",
      "8.8.8.0/24",
      "example.com",
      "",
      "0x8",
    ]) {
      expect(isPublic(text)).toBe(false);
    }
  });
});

describe("against ipaddr.js", () => {
  function agrees(address: string): void {
    const theirs = ipaddr.parse(address).range();
    expect([address, isPublic(address)]).toEqual([address, theirs === "unicast"]);
  }

  test("every IPv4 address is judged alike", () => {
    fc.assert(fc.property(fc.ipV4(), agrees), { numRuns: 3000 });
  });

  test("the first and last address of every special range, and their neighbours", () => {
    // Its types leave this table out.
    const special: Record<string, [ipaddr.IPv4, number][]> = Reflect.get(
      ipaddr.IPv4.prototype,
      "SpecialRanges",
    );
    const ranges = Object.values(special).flat();
    expect(ranges.length).toBeGreaterThan(15);
    for (const [network, length] of ranges) {
      const cidr = `${network}/${length}`;
      for (const edge of [
        ipaddr.IPv4.networkAddressFromCIDR(cidr),
        ipaddr.IPv4.broadcastAddressFromCIDR(cidr),
      ]) {
        const number = edge.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
        for (const near of [number - 1, number, number + 1]) {
          if (near < 0 || near > 0xffffffff) continue;
          agrees([24, 16, 8, 0].map((shift) => (near >>> shift) & 255).join("."));
        }
      }
    }
  });

  test("every IPv6 address in the unicast block is judged alike, and none outside is allowed", () => {
    const groups = fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 });
    const first = fc.oneof(fc.nat(0xffff), fc.constantFrom(0x2001, 0x2002, 0x2620, 0x3fff, 0x64, 0xfe80, 0));
    const second = fc.oneof(fc.nat(0xffff), fc.nat(0x1ff), fc.constantFrom(0xdb8, 0x4f, 0xff9b));
    fc.assert(
      fc.property(first, second, groups, (a, b, rest) => {
        const address = [a, b, ...rest.slice(1)].map((group) => group.toString(16)).join(":");
        if (a >= 0x2000 && a <= 0x3fff) agrees(address);
        else expect(isPublic(address)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("exceptions", () => {
  test("allowPrivate opens every address, and only addresses", () => {
    const open = createGuard({ allowPrivate: true });
    expect(reasonFor(() => open.admit("http://169.254.169.254/"))).toBe("allowed");
    expect(reasonFor(() => open.admit("http://[::1]/"))).toBe("allowed");
    expect(reasonFor(() => open.admit("file:///etc/passwd"))).toBe("URL_NOT_ALLOWED");
    expect(reasonFor(() => open.admit("http://a:b@127.0.0.1/"))).toBe("URL_NOT_ALLOWED");
  });

  test("allow takes addresses and ranges", () => {
    const some = createGuard({ allow: ["10.1.0.0/16", "127.0.0.1", "fd00::/8"] });
    const answers = [
      "10.1.2.3",
      "127.0.0.1",
      "[fd12::1]",
      "[::ffff:10.1.0.1]",
      "10.2.0.1",
      "127.0.0.2",
      "[::1]",
    ].map((host) => reasonFor(() => some.admit(`http://${host}/`)));
    expect(answers).toEqual([...Array(4).fill("allowed"), ...Array(3).fill("ADDRESS_NOT_ALLOWED")]);
  });

  test.each([
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "::/129",
    "/8",
    "fe80::1%eth0",
    "a b",
    "",
    "host:80",
    "u@h",
    "http://h",
  ])("allow does not take %j", (entry) => {
    expect(() => createGuard({ allow: [entry] })).toThrow(TypeError);
  });

  test("objection says what is wrong before anything is sent", () => {
    const { post } = createOutgoing();
    expect(post.objection?.("https://example.com/hook")).toBeUndefined();
    expect(post.objection?.("http://10.0.0.1/")).toBe("10.0.0.1 is not at a public address");
    expect(post.objection?.("ftp://x/")).toBe("Not an absolute http or https URL");
  });
});
