extension Reader {
  /// The text to train on; nil where none is named.
  mutating func readData() -> DataSettings? {
    let (paths, prepared) = (read(Keys.dataPath), read(Keys.dataPrepared))
    switch (paths, prepared) {
    case (let paths?, nil):
      return DataSettings(
        source: .text(paths: paths, read(Keys.tokenizer), validationFraction: read(Keys.validationFraction)))
    case (nil, let folder?):
      refuseUnread(of: Keys.dataSection, because: "is not used with data.prepared", choice: Keys.dataPrepared.name)
      return DataSettings(source: .prepared(folder: folder))
    case (_?, _?):
      complain(Keys.dataPrepared.name, because: "and data.path are both given", hint: "keep one of them")
      return nil
    case (nil, nil):
      if isSound(Keys.dataPath.name, Keys.dataPrepared.name) {
        complain("data", because: "is missing", hint: "name text files or folders, as in 'data: {path: input.txt}'")
      }
      return nil
    }
  }
}
