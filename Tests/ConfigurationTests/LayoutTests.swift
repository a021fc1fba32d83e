import Configuration
import Mesh
import Testing
import Training

@Suite struct LayoutTests {
  @Test("-1 takes the world; the batch follows")
  func world() throws {
    let open = try run("parallelism: {dp: -1}\nglobal_batch_size: 12")
    #expect(open.worldSize == nil)
    for world in [1, 2, 3, 4, 6, 12] {
      let run = try open.resolved(world: world)
      #expect(run.worldSize == world && run.mesh.count == world && run.mesh.size(.data) == world)
      #expect(run.batch.microBatchSize == 12 / world && run.batch.globalBatchSize == 12)
    }
  }

  @Test("a layout that matches the world stays as it is")
  func match() throws {
    let two = try run("parallelism: {dp: 2}")
    #expect(two.worldSize == 2)
    #expect(try two.resolved(world: 2) == two)
    #expect(two.batch.globalBatchSize == 16)
  }

  @Test("a world of another size is refused with the arithmetic")
  func mismatch() throws {
    let two = try run("parallelism: {dp: 2}")
    let error = #expect(throws: ConfigurationErrors.self) { try two.resolved(world: 4) }
    #expect(
      error?.description
        == "parallelism.dp '2' does not fit: dp 2 × tp 1 × pp 1 × cp 1 × ep 1 = 2, but the world has 4 ranks; "
        + "start 2 ranks, or set parallelism.dp to 4 or -1")
  }

  @Test("a world that the other axes do not divide is refused with the arithmetic")
  func others() throws {
    let open = try run("parallelism: {dp: -1, tp: 2, pp: 2}")
    #expect(try open.resolved(world: 8).mesh.size(.data) == 2)
    let five = #expect(throws: ConfigurationErrors.self) { try open.resolved(world: 5) }
    let one = #expect(throws: ConfigurationErrors.self) { try open.resolved(world: 1) }
    let reason = "parallelism.dp '-1' does not fit: tp 2 × pp 2 × cp 1 × ep 1 = 4 does not divide a world of"
    #expect(five?.description == "\(reason) 5 ranks; start 4 or 8 ranks")
    #expect(one?.description == "\(reason) 1 rank; start 4 ranks")
    let fixed = try run("parallelism: {dp: 2, tp: 2}")
    let three = #expect(throws: ConfigurationErrors.self) { try fixed.resolved(world: 3) }
    #expect(
      three?.description
        == "parallelism.dp '2' does not fit: dp 2 × tp 2 × pp 1 × cp 1 × ep 1 = 4, but the world has 3 ranks; "
        + "start 4 ranks")
  }

  @Test("a batch that the world does not divide is refused with the equation")
  func remainder() throws {
    let open = try run("parallelism: {dp: -1}\nglobal_batch_size: 12")
    let error = #expect(throws: ConfigurationErrors.self) { try open.resolved(world: 5) }
    #expect(
      error?.description
        == "parallelism.dp '5' does not fit: global_batch_size 12 does not divide by "
        + "gradient_accumulation_steps 1 × dp 5 = 5 (remainder 2); use a global_batch_size of 10 or 15")
  }

  @Test("an order is written with the fastest axis first, as Megatron does")
  func order() throws {
    #expect(try run("parallelism: {order: tp-cp-ep-dp-pp}").mesh.order == Mesh.defaultOrder)
    let order = try run("parallelism: {order: dp-tp-cp-ep-pp}").mesh.order
    #expect(order == [.pipeline, .expert, .context, .tensor, .data])
  }

  @Test("axes without a second rank yet take 1 and refuse everything else", arguments: ["cp", "ep"])
  func unsupported(_ axis: String) throws {
    #expect(try run("parallelism: {\(axis): 1}").worldSize == 1)
    for value in ["2", "0", "-1", "x"] {
      let message = try #require(mistakes(with: "parallelism: {\(axis): \(value)}").first)
      #expect(message.contains("parallelism.\(axis) '\(value)' is not"))
    }
  }
}
