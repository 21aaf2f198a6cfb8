import catalogue from "./explanation.nl.json";
import measures from "../generated/measures.nl.json";
import type { ExplanationTexts } from "../language";

export const texts: ExplanationTexts = { catalogue, measures };
