import { localBus } from "../../src/buses/local/index.js";
import { busContract } from "./contract.js";

const bus = localBus();
busContract("local", () => bus.join());
