extension String {
    /// With as many of `character` in front as make it `width` characters long; longer texts stay.
    public func leftPadded(to width: Int, with character: Character = "0") -> String {
        String(repeating: character, count: max(0, width - count)) + self
    }
}
