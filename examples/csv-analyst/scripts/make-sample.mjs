// Writes sales.csv: two years of an invented shop's orders, the same bytes every time.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const rowCount = 6000;
const customersPerDayOfWeek = [0.8, 0.9, 0.95, 1, 1.25, 1.4, 0.9];
const seasons = [0.78, 0.76, 0.9, 0.95, 1.02, 1.05, 0.92, 0.88, 1, 1.08, 1.35, 1.6];

const products = [
  ["Espresso machine, chrome", "Kitchen", 249],
  ["Kettle 1.7 l", "Kitchen", 39.5],
  ["Chef's knife, 20 cm", "Kitchen", 64],
  ['Monitor 27" 4K', "Electronics", 329],
  ['Tablet 11", 128 GB', "Electronics", 419],
  ["Wireless headphones", "Electronics", 119],
  ["USB-C hub, 7 ports", "Electronics", 44.9],
  ["Desk lamp", "Home", 34],
  ["Wool blanket, grey", "Home", 79],
  ["Floor cushion", "Home", 27.5],
  ["Hiking backpack, 35 l", "Outdoor", 109],
  ["Tent, 2 persons", "Outdoor", 189],
  ["Thermos 0.75 l", "Outdoor", 24.9],
  ["Notebook, dotted", "Office", 12.5],
  ["Fountain pen", "Office", 36],
];
const productWeights = [3, 6, 3, 4, 3, 7, 6, 5, 4, 5, 4, 2, 6, 8, 3];
const regions = ["North", "South", "East", "West", "Central"];
const regionWeights = [24, 18, 15, 28, 15];
const channels = ["Web", "Store", "Phone", "Marketplace"];
const channelWeights = [52, 27, 4, 17];
const firstNames = [
  "Ada",
  "Björn",
  "Chloé",
  "Dmitri",
  "Elena",
  "Farid",
  "Grace",
  "Hiro",
  "Inès",
  "João",
  "Kofi",
  "Lena",
  "Maya",
  "Noah",
  "Olga",
  "Priya",
];
const lastNames = [
  "Okafor",
  "Müller",
  "O'Neill",
  "García",
  "Tanaka",
  "Novak",
  "Smith",
  "Rossi",
  "Larsen",
  "Dubois",
  "Khan",
  "Silva",
  "Weber",
  "Cohen",
];
const suffixes = ["", "", "", "", ", Jr.", ", PhD"];
const remarks = [
  "Gift wrapped",
  'Customer asked for "express" delivery',
  "Leave with neighbour, door 3",
  "Second attempt,\nleft at the counter",
  "Called twice; prefers e-mail",
  "Invoice to company, VAT exempt",
  'Box marked "fragile", arrived fine',
  "Wants a receipt\nand a spare manual",
];

/** The whole file as text. */
export function makeSample() {
  const random = mulberry32(20240229);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const weighted = (list, weights) => {
    const ends = runningTotals(weights);
    const at = random() * ends.at(-1);
    return list[ends.findIndex((end) => at < end)];
  };
  const rows = [
    [
      "order_id",
      "order_date",
      "region",
      "channel",
      "category",
      "product",
      "customer",
      "quantity",
      "unit_price",
      "discount",
      "amount",
      "rating",
      "returned",
      "remark",
    ],
  ];
  for (const [index, day] of orderDays(random).entries()) {
    const [product, category, price] = weighted(products, productWeights);
    const quantity = 1 + Math.floor(-Math.log(1 - random()) * (price < 50 ? 1.6 : 0.5));
    const unitPrice = Math.round(price * (1 + (random() - 0.5) * 0.08) * 20) / 20;
    const discount = random() < 0.24 ? pick([5, 10, 10, 15, 20]) : 0;
    const amount = Math.round(quantity * unitPrice * (100 - discount)) / 100;
    const customer = `${pick(lastNames)}, ${pick(firstNames)}${pick(suffixes)}`;
    const rating = Math.min(5, Math.max(1, Math.round(4.1 + (random() + random() + random() - 1.5) * 1.6)));
    rows.push([
      100001 + index,
      new Date(day * 86_400_000).toISOString().slice(0, 10),
      random() < 0.013 ? "" : weighted(regions, regionWeights),
      weighted(channels, channelWeights),
      category,
      product,
      random() < 0.04 ? "" : customer,
      quantity,
      unitPrice.toFixed(2),
      discount === 0 ? "" : `${discount}%`,
      amount.toFixed(2),
      random() < 0.31 ? pick(["", "", "N/A"]) : rating,
      random() < 0.047 ? "yes" : "no",
      random() < 0.09 ? pick(remarks) : "",
    ]);
  }
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** The day of each order, in order: busier before the weekend and before the end of the year, and growing. */
function orderDays(random) {
  const first = Date.UTC(2023, 0, 1) / 86_400_000;
  const days = Array.from({ length: 731 }, (_, index) => first + index);
  const weights = days.map((day, index) => {
    const date = new Date(day * 86_400_000);
    return (
      customersPerDayOfWeek[(date.getUTCDay() + 6) % 7] * seasons[date.getUTCMonth()] * (1 + index / 1500)
    );
  });
  const ends = runningTotals(weights);
  const drawn = Array.from({ length: rowCount }, () => {
    const at = random() * ends.at(-1);
    return days[ends.findIndex((end) => at < end)];
  });
  return drawn.sort((a, b) => a - b);
}

function runningTotals(weights) {
  let total = 0;
  return weights.map((weight) => {
    total += weight;
    return total;
  });
}

function cell(value) {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A small random generator with a seed (mulberry32). */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(new URL("../sales.csv", import.meta.url), makeSample());
}
