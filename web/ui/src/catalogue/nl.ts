import catalogue from "./nl.json";
import measures from "../generated/measures.nl.json";
import type { Texts } from "../language";

export const texts: Texts = { language: "nl", catalogue, measures };
