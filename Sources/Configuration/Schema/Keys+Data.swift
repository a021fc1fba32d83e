extension Keys {
  static let dataPath = Key<[String]?>(
    "data.path", .optional(.list(of: .path, orOne: true)), default: nil, shown: "required, or data.prepared",
    "Text files, or folders of them, relative to the current directory.", aliases: ["data"])
  static let dataPrepared = Key<String?>(
    "data.prepared", .optional(.path), default: nil,
    "A folder written by 'orrery data prepare', in place of data.path; relative to the current directory.")
  static let tokenizer = Key<DataSettings.Tokenizer>(
    "data.tokenizer", .choice, default: .characters,
    "What a token is: a character that occurs in the text, or a byte. For data.path.")
  static let validationFraction = Key<Double>(
    "data.validation_fraction", .probability, default: 0.1,
    "The share of the text, from its end, that is held out for evaluation. For data.path.")

  static let dataSection = [
    dataPath.description, dataPrepared.description, tokenizer.description, validationFraction.description,
  ]
}
