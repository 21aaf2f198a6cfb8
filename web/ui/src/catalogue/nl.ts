import catalogue from "./nl.json";
import labels from "../generated/labels.nl.json";
import type { Texts } from "../language";

export const texts: Texts = { language: "nl", catalogue, labels };
