import Foundation

extension EndToEnd.BadInputTests {
  static let configuration = [
    Mistake(
      testDescription: "no such file", prepare: { try FileManager.default.removeItem(at: $0.file(Run.name)) },
      begins: "run.yaml: there is no such file", says: ["configs/runs has runs to start from"]),
    Mistake(
      testDescription: "not YAML", replacing: ("dp: 2", "dp: [2"), begins: "run.yaml:", says: ["YAML"]),
    Mistake(
      testDescription: "negative learning rate", replacing: ("lr: 1e-2", "lr: -1e-2"),
      begins: "run.yaml:17:7: optimizer.lr '-1e-2' ", says: ["is not a number ≥ 0"]),
    Mistake(
      testDescription: "learning rate that is no number", replacing: ("lr: 1e-2", "lr: .nan"),
      begins: "run.yaml:17:7: optimizer.lr '.nan' ", says: ["is not finite; give a number ≥ 0"]),
    Mistake(
      testDescription: "infinite learning rate", settings: ["optimizer.lr=inf"],
      begins: "override optimizer.lr=inf: optimizer.lr 'inf' ", says: ["is not finite"]),
    Mistake(
      testDescription: "batch that does not divide", settings: ["parallelism.dp=5"],
      begins: "run.yaml:12:20: global_batch_size '12' does not fit: ",
      says: ["gradient_accumulation_steps 1 × dp 5 = 5 (remainder 2)", "use a global_batch_size of 10 or 15"]),
    Mistake(
      testDescription: "three batch sizes that disagree",
      settings: ["micro_batch_size=2", "gradient_accumulation_steps=2"],
      says: ["micro_batch_size 2 × gradient_accumulation_steps 2 × dp 2 = 8", "set global_batch_size 8"]),
    Mistake(
      testDescription: "unknown key", replacing: ("type: adamw", "typ: adamw"), begins: "run.yaml:16:3: optimizer.typ ",
      says: ["is no known key; did you mean 'optimizer.type'?"]),
    Mistake(
      testDescription: "unknown key on the command line", settings: ["paralelism.dp=2"],
      begins: "override paralelism.dp=2: ", says: ["did you mean 'parallelism"]),
    Mistake(
      testDescription: "setting without a value", settings: ["steps"], begins: "override steps: ",
      says: ["is not of the form key.path=value"]),
    Mistake(
      testDescription: "layout that does not work yet", settings: ["parallelism.cp=2"],
      begins: "override parallelism.cp=2: ", says: ["is not supported yet", "use dp, tp or pp"]),
    Mistake(
      testDescription: "heads that do not divide", settings: ["parallelism.tp=4", "parallelism.dp=1"],
      says: ["parallelism.tp '4'", "heads"]),
    Mistake(
      testDescription: "more stages than layers", settings: ["parallelism.pp=2", "micro_batch_size=2"],
      says: ["parallelism.pp", "2", "layer"]),
    Mistake(
      testDescription: "a schedule that is printed only",
      settings: ["parallelism.pp=2", "model.n_layer=4", "micro_batch_size=1", "pipeline.schedule=dualpipe"],
      says: ["pipeline.schedule 'dualpipe'", "use dualpipev"]),
    Mistake(
      testDescription: "sequence longer than the model", settings: ["sequence_length=20"],
      begins: "override sequence_length=20: ", says: ["is longer than the model's 16 positions", "use at most 16"]),
    Mistake(
      testDescription: "MPI's all-reduce among threads",
      settings: ["--transport", "threads", "communication.all_reduce=mpi"],
      says: ["threads have no MPI; choose ring, recursive or tree"]),
    Mistake(
      testDescription: "resuming without a folder", settings: ["--resume"], status: 64,
      begins: "--resume needs checkpoint.folder", says: ["set it in the run's file"]),
  ]

  static let data = [
    Mistake(
      testDescription: "missing corpus", settings: ["data.path=nowhere.txt"], begins: "nowhere.txt: ",
      says: ["cannot be read: No such file or directory", "check the path"]),
    Mistake(
      testDescription: "empty corpus", prepare: { try $0.write("", to: Scratch.textName) }, begins: "text.txt: ",
      says: ["the corpus is empty", "name at least one file with text"]),
    Mistake(
      testDescription: "corpus shorter than a block",
      prepare: { try $0.write("ten bytes.", to: Scratch.textName) }, begins: "text.txt: ",
      says: ["the training split has 9 tokens; a sequence length of 16 needs at least 17", "at most 8, or give"]),
    Mistake(
      testDescription: "held-out part shorter than a block", settings: ["evaluation.iterations=1"],
      prepare: { try $0.write(String(repeating: "ab c", count: 25), to: Scratch.textName) }, begins: "text.txt: ",
      says: ["the validation split has 10 tokens", "a sequence length of at most 9"]),
    Mistake(
      testDescription: "text that is no UTF-8",
      prepare: { try Data([72, 105, 0xFF, 0xFE]).write(to: $0.file(Scratch.textName)) }, begins: "text.txt: ",
      says: ["UTF-8"]),
    Mistake(
      testDescription: "vocabulary smaller than the text's", settings: ["model.vocab_size=5"],
      begins: "model.vocab_size '5' is smaller than the tokenizer's vocabulary", says: ["or auto"]),
  ]

  static let folders = [
    Mistake(
      testDescription: "checkpoint folder below a file", settings: ["checkpoint.folder=text.txt/saved"], status: 74,
      says: ["text.txt/saved: cannot be written: Not a directory", "choose another folder"]),
    Mistake(
      testDescription: "checkpoint folder that is a file", settings: ["checkpoint.folder=text.txt"], status: 74,
      says: ["text.txt: ", "Not a directory"]),
    Mistake(
      testDescription: "checkpoint folder where nobody may write", settings: ["checkpoint.folder=/proc/saved"],
      status: 74, begins: "/proc/saved: cannot be written: ", says: []),
    Mistake(
      testDescription: "checkpoint folder in use",
      settings: ["checkpoint.folder=saved"],
      prepare: {
        try FileManager.default.createDirectory(at: $0.file("saved/step-00000003"), withIntermediateDirectories: true)
      }, says: ["saved: already holds checkpoints up to step 3", "--resume", "--fresh", "another checkpoint.folder"]),
    Mistake(
      testDescription: "nothing to resume from", settings: ["checkpoint.folder=saved", "--resume"],
      says: ["saved: holds no checkpoint to resume from", "Start without --resume."]),
    Mistake(
      testDescription: "metrics in a folder that is not there", settings: ["metrics.file=nowhere/metrics.jsonl"],
      status: 74, says: ["nowhere/metrics.jsonl: cannot be opened for writing", "Create the folder"]),
    Mistake(
      testDescription: "metrics in a file of another kind", settings: ["metrics.file=text.txt"], status: 74,
      says: ["text.txt: exists and is not a metrics file", "Choose another path"]),
  ]
}
