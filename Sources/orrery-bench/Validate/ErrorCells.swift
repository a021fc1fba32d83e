import Quantities

/// A share in percent as a cell of a table: `10.4`; a dash where there is none.
func percentCell(_ share: Double?) -> String { share.map { fixed($0 * 100, decimals: 1) } ?? "-" }

/// The same with a sign above zero too: `+10.4`.
func signedPercentCell(_ share: Double?) -> String { share.map { ($0 > 0 ? "+" : "") + percentCell($0) } ?? "-" }
