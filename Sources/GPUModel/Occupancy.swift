package import Cluster
package import Quantities

/// What one block of a kernel asks of a multiprocessor.
package struct BlockResources: Hashable, Sendable {
  package var threads: Int
  package var registersPerThread: Int
  package var staticSharedMemory, dynamicSharedMemory: ByteCount

  package init(
    threads: Int, registersPerThread: Int, staticSharedMemory: ByteCount = .zero,
    dynamicSharedMemory: ByteCount = .zero
  ) {
    (self.threads, self.registersPerThread) = (threads, registersPerThread)
    (self.staticSharedMemory, self.dynamicSharedMemory) = (staticSharedMemory, dynamicSharedMemory)
  }
}
